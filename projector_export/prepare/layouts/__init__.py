"""Finished layouts of all points: PCA, t-SNE and UMAP."""
