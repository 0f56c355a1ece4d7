"""How the viewer reads files, written from its source; shares no logic with the writers."""
