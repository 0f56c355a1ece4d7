"""publish(): send a page to a folder, to GitHub Pages, or to a Space of Hugging Face."""
