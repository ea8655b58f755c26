"""The command line: arguments, the split between screen and commands, diagnostics, back ends."""
