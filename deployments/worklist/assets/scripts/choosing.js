// Narrows a long list of choices as somebody types. Without it the whole list stands there.
const box = document.querySelector("[data-narrows]");
if (box) {
  const field = box.querySelector("input");
  const told = box.querySelector("[role=status]");
  const groups = [...document.querySelectorAll("[data-choices]")];
  box.hidden = false;
  field.addEventListener("keydown", (pressed) => {
    if (pressed.key === "Enter") pressed.preventDefault();
  });
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const group of groups) {
      let here = 0;
      for (const choice of group.querySelectorAll("[data-choice]")) {
        const text = choice.dataset.choice.toLowerCase();
        const fits = words.every((word) => text.includes(word));
        choice.hidden = !fits;
        if (fits) here += 1;
      }
      group.hidden = here === 0;
      shown += here;
    }
    told.textContent = words.length === 0 ? "" : shown === 1 ? "1 person" : `${shown} people`;
  });
}
