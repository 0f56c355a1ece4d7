"""What the viewer makes of files, written from its source; shares no logic with a writer."""
