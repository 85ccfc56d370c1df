"""What tests of this package, and of what others plug into it, are made with."""
