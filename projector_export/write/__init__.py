"""Write the files that the viewer reads: for TensorBoard, for an upload, and for a web page."""
