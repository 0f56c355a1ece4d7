"""Limits, names and defaults of the viewer: each once, with the line of its source.

Writers, checker, page and plots all take them from here. They describe TensorBoard 2.21.0
(`tensorboard/plugins/projector/`); `tests/test_viewer_facts.py` looks each up in the installed
viewer, so that an upgrade that changes one is noticed.
"""

from __future__ import annotations

# What TensorBoard's server finds, and how (projector_plugin.py).
CONFIG_NAME = "projector_config.pbtxt"  # metadata.py
PLUGIN_FOLDER = ("plugins", "org_tensorflow_tensorboard_projector")  # metadata.py
EVENT_FILE_INFIX = "tfevents"  # a sub-folder is a run only if it has such a file
OPTIMIZER_SLOT = ".OPTIMIZER_SLOT"  # a variable so named is not listed, projector_plugin.py:421
PROJECTOR_ROUTE = "/data/plugin/projector"  # where TensorBoard puts a plugin
RUNS_ROUTE = "/runs"  # projector_plugin.py:48

# How many points it accepts.
MAX_SERVED_ROWS = 100_000  # of a tensor, in TensorBoard; data-provider-server.ts:26
MAX_TSNE_POINTS = 10_000  # more are sampled; data.ts:91
MAX_UMAP_POINTS = 5_000  # data.ts:92
MAX_PCA_POINTS = 50_000  # data.ts:93
MAX_PCA_DIM = 200  # above it PCA uses a random projection; data.ts:95
NUM_PCA_COMPONENTS = 10  # data.ts:96

# How it reads vectors.
SPHEREIZE_FROM_DIM = 50  # centers and scales rows by default; vz-projector.ts:67,194
BYTES_SUFFIX = ".bytes"  # raw float32 in the web app, else text; data-provider-demo.ts:29
MIN_DIM = 3  # with two columns its PCA is NaN and the map stays blank

# How it reads metadata.
CHUNK_BYTES = 1_000_000  # each chunk is decoded by itself; streamParse, data-provider.ts:168
LABEL_OF_ONE_COLUMN = "label"  # the name of the column if there is no header
SEQUENCE_COLUMNS = ("__next__", "__seq_next__")  # draw lines between points; data.ts:106
# `in` on a plain object: values with these names are miscounted; data-provider.ts:321.
OBJECT_PROPERTIES = frozenset(
    "constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf "
    "__proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__".split()
)

# How it colors.
MAX_COLOR_VALUES = 50  # a text column with more values is not offered; data-provider.ts:26
NO_COLOR = "No color map"  # data-panel.ts:234
_CATEGORY_10 = (  # d3.schemeCategory10
    *("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd"),
    *("#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"),
)
NUM_COLORS = len(_CATEGORY_10)
PALETTE_STEP = 3  # data-panel.ts:254-262
# In the order in which values get them, by first appearance; then they repeat.
COLORS = tuple(_CATEGORY_10[PALETTE_STEP * rank % NUM_COLORS] for rank in range(NUM_COLORS))
GRADIENT = ("#ffffdd", "#1f2d86")  # from the least number to the greatest; data-panel.ts:239-285

# Saved states ("bookmarks") and sprites.
PROJECTIONS = ("pca", "tsne", "umap", "custom")  # the tabs; data.ts:675
STATIC_SLOT = "umap"  # shown as it is; `tsne` is iterated further; projections-panel.ts:306
UMAP_NEIGHBORS = 15  # the defaults of a state; data.ts:675-722
UMAP_MIN_DIST = 0.1
MAX_SPRITE_SIDE = 8192  # pixels; data-provider.ts:27

# The web app that comes in TensorBoard's wheel.
VIEWER_SCRIPT = "projector_binary.js"
VIEWER_SCRIPT_FOLDER = ("plugins", "projector", "tf_projector_plugin")
