"""The commands that train; they plug into `projector-export` through entry points."""
