// Before the first paint: the stored theme, where there is one. A file of its own, because the policy forbids inline scripts.
try {
  const theme = localStorage.getItem("tandem.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // storage is closed: the system's theme holds
}
