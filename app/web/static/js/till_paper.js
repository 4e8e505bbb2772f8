// Cuts the paper: 58 mm wide and as long as the slip, so that it is one page.

const MM_PER_PX = 25.4 / 96;
const LEFT_OVER_MM = 6;
const paper = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, paper];

export function cutPaper(slip) {
  const height = Math.ceil(slip.getBoundingClientRect().height * MM_PER_PX) + LEFT_OVER_MM;
  paper.replaceSync(`@page { size: 58mm ${height}mm; margin: 0; }`);
}
