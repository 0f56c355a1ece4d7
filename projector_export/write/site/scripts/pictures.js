/* The full picture of the selected point, below its card. */

const PICTURE_STYLE = {
  background: "#fff",
  boxShadow: "0 2px 4px rgba(0, 0, 0, 0.3)",
  display: "none",
  maxHeight: "50vh",
  objectFit: "contain",
  width: "270px", // as the card
};

/** Show pictures of tables that have some; `folders` maps a table's name to their folder. */
function showPictures(viewer, folders) {
  const picture = document.createElement("img");
  picture.id = "picture";
  picture.alt = "";
  Object.assign(picture.style, PICTURE_STYLE);
  picture.addEventListener("load", () => { picture.style.display = "block"; });
  viewer.metadataCard.shadowRoot.append(picture);
  viewer.registerSelectionChangedListener((indices) => {
    picture.style.display = "none"; // until the next one is there; a row may have none
    picture.removeAttribute("src");
    const folder = folders[viewer.dataPanel.selectedTensor];
    if (!folder || indices.length !== 1) return;
    const row = viewer.dataSet.points[indices[0]].index;
    picture.src = `${encodeURIComponent(folder)}/${row}.jpg`;
  });
}
