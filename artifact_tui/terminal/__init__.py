"""Terminal handling that Textual lacks, mostly for SSH."""
