// Before the first paint: the theme that this browser was told to keep.
(function () {
  try {
    var theme = localStorage.getItem("horarium.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (_) {
    // A browser that keeps nothing follows the system.
  }
})();
