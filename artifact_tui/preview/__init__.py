"""What a file's bytes look like to a person: one module a kind, bytes in, styled lines out."""
