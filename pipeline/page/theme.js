// Sets light or dark before anything is drawn, so that a dark page does not flash white.
(function () {
  try {
    const theme = localStorage.getItem("ontograft.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // A browser that keeps nothing follows the system.
  }
})();
