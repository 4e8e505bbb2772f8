// A slip once more, as the server wrote it: F4 prints it.
import { cutPaper } from "./till_paper.js";

cutPaper(document.getElementById("slip"));
document.addEventListener("keydown", (event) => {
  if (event.key !== "F4") return;
  event.preventDefault();
  window.print();
});
