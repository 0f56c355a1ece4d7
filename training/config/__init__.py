"""The config: its keys, and how YAML and `--set` become them."""
