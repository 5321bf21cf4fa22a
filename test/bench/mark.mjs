/** A line of the table: a figure that has to stay under a mark. */
export function under(what, figure, { mark, unit, digits = 2 }) {
  const written = (value) => (unit === 'x' ? `${value}x` : `${value} ${unit}`);
  return { what, figure: written(figure.toFixed(digits)), mark: `< ${written(mark)}`, ok: figure < mark };
}

/** A line of the table without a mark. */
export function noted(what, figure, unit) {
  return { what, figure: `${figure.toFixed(2)} ${unit}`, mark: '', ok: true };
}
