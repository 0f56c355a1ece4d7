"""Files as the viewer reads them: for TensorBoard, for an upload, for a page of one's own."""
