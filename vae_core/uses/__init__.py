"""What a code is good for: search, and pictures that do not belong."""
