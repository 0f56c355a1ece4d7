"""What vectors are learned by; each objective is one module."""
