// Part of the desk: how far along, how fast, and whether it is all on disk.

const VERDICTS_FOR_PACE = 5
const LATEST_VERDICTS = 40
const LONGEST_THOUGHT_MS = 60_000

function createPace(root) {
  const $ = (selector) => root.querySelector(selector)
  const times = []

  // Milliseconds a verdict, lately; a coffee break counts as one long thought.
  function each() {
    if (times.length < VERDICTS_FOR_PACE) return null
    let sum = 0
    for (let at = 1; at < times.length; at += 1) sum += Math.min(LONGEST_THOUGHT_MS, times[at] - times[at - 1])
    return sum / (times.length - 1)
  }

  return {
    decided() { times.push(Date.now()); if (times.length > LATEST_VERDICTS) times.shift() },
    // `extra`: verdicts on their way, which Python has not counted yet.
    draw({ title, progress: { judged, total, wrong, elsewhere } }, extra, waiting) {
      const seen = Math.max(0, Math.min(total, judged + extra))
      $('.title').textContent = title
      $('.bar').ariaValueNow = seen
      $('.bar').ariaValueMax = total
      $('.bar i').style.width = `${total ? (100 * seen) / total : 0}%`
      const told = [`${seen.toLocaleString()} of ${total.toLocaleString()}`]
      if (judged >= VERDICTS_FOR_PACE) told.push(`${percent(wrong / judged)} were wrong so far`)
      if (each()) {
        told.push(`${Math.round(3_600_000 / each()).toLocaleString()} an hour`)
        if (seen < total) told.push(`${duration(each() * (total - seen))} left`)
      }
      $('.elsewhere').textContent = elsewhere ? `${elsewhere.toLocaleString()} more are on other people's desks just now.` : ''
      $('.pace').replaceChildren(...told.flatMap((text, at) => (at ? [' · ', span(text)] : [span(text)])))
      $('.saved').textContent = waiting ? `${waiting} saving …` : 'saved'
      $('.saved').classList.toggle('waiting', waiting > 0)
    },
  }
}
