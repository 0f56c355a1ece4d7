"""Report what the viewer will do with an export, whichever tool wrote it.

    check                  check.py: the entry point; folder, config or files -> Report
      pairs.py             without a config: which files are vectors and metadata, and form a pair
      model/               build_view.py: what the viewer shows, read by the viewer's own rules
        runs.py            which runs TensorBoard finds, and which checkpoint goes with each
        configs.py         the two config formats, and how their paths resolve
        vectors.py         vectors as text, as bytes, from a checkpoint
        metadata.py        labels and columns; javascript.py decides what is a number
        bookmarks.py sprites.py
      grouping.py          which columns to color by
      rules/               what is wrong with it -> findings.py, one code per rule

It is written from the viewer's source (TensorBoard 2.21.0) and shares no code with the modules that
write exports, so that a mistake there is not repeated here.
"""
