"""The config: its keys, and how YAML and `--set` are read."""
