"""Say what the viewer will do with an export, whoever wrote it, before anyone opens it.

    check             checker.py: the one way in; folder, config or files -> Report
      pairs.py             which files of no config are vectors and metadata, and go together
      model/               build_view.py: what a person would see, read by the viewer's own rules
        runs.py            which runs TensorBoard finds, and which checkpoint goes with each
        configs.py         the two config formats, and where their paths lead
        vectors.py         vectors as text, as bytes, from a checkpoint
        metadata.py        labels and columns, with javascript.py's idea of a number
        bookmarks.py sprites.py
      grouping.py          which columns a person would color by
      rules/               what of that is wrong -> findings.py, one code a rule

It is written from the viewer's source (TensorBoard 2.21.0) and shares no code with the modules that
write exports: a mistake there is not repeated here.
"""
