/* The card of a point: what the map shows, without the columns that the stock viewer needs. */

const GROUPED_COPY = /^(.+)_top_\d+$/;

/**
 * Show in the card the value that a point is colored by, and no grouped copies.
 *
 * The stock viewer has ten colors, so the column to color by says "Other" of what has one here.
 */
function cleanCard(viewer) {
  replaceMethod(viewer.metadataCard, "updateMetadata", (update, metadata) => {
    if (!metadata) return update(metadata);
    const columns = shownColumns(Object.keys(metadata));
    const point = viewer.dataSet?.points.find((point) => point.metadata === metadata);
    return update(Object.fromEntries(
      columns.map((column) => [column, shownValue(viewer, point, column) ?? metadata[column]]),
    ));
  });
}

/** Leave out the grouped copies of columns, which only the stock viewer needs. */
function shownColumns(columns) {
  return columns.filter((column) => !columns.includes(column.match(GROUPED_COPY)?.[1]));
}

/** Return the label that the legend has for a point, unless it is one of the grays. */
function shownValue(viewer, point, column) {
  const option = viewer.dataPanel.colorOptions?.find(({ name }) => name === column);
  if (!point || !option?.codes) return undefined;
  const code = option.codes[point.index];
  return GRAYS.includes(option.colors[code]) ? undefined : option.items[code].label;
}
