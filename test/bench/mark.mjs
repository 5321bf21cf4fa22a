/** A line of the table: a figure that has to stay under a mark. */
export function under(what, figure, { mark, unit, digits = 2 }) {
  const written = (value) => (unit === 'x' ? `${value}x` : `${value} ${unit}`);
  return { what, figure: written(figure.toFixed(digits)), mark: `< ${written(mark)}`, ok: figure < mark };
}
