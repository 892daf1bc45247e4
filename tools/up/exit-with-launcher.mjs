// Preloaded into every app that `npm start` runs: a launcher killed without warning (SIGKILL) cannot stop its apps, so
// each app notices and stops itself as if it had been told to.
const launcher = Number(process.env.TANDEM_LAUNCHER_PID);
const watched = process.env.WATCH_REPORT_DEPENDENCIES !== undefined; // then our parent is `node --watch`

function launcherLives() {
  try {
    process.kill(launcher, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

if (launcher > 0) {
  const timer = setInterval(() => {
    if (launcherLives()) return;
    clearInterval(timer);
    if (watched) process.kill(process.ppid, "SIGTERM");
    process.kill(process.pid, "SIGTERM");
  }, 500);
  timer.unref();
}
