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
    draw({ title, progress: { judged, total, wrong } }, extra, waiting) {
      const reviewed = Math.max(0, Math.min(total, judged + extra))
      $('.title').textContent = title
      $('.bar').ariaValueNow = reviewed
      $('.bar').ariaValueMax = total
      $('.bar i').style.width = `${total ? (100 * reviewed) / total : 0}%`
      const parts = [`${reviewed.toLocaleString()} of ${total.toLocaleString()}`]
      if (judged >= VERDICTS_FOR_PACE) parts.push(`${percent(wrong / judged)} wrong so far`)
      if (each()) {
        parts.push(`${Math.round(3_600_000 / each()).toLocaleString()} an hour`)
        if (reviewed < total) parts.push(`${duration(each() * (total - reviewed))} left`)
      }
      $('.pace').replaceChildren(...parts.flatMap((text, at) => (at ? [' · ', span(text)] : [span(text)])))
      $('.saved').textContent = waiting ? `${waiting} saving …` : 'saved'
      $('.saved').classList.toggle('waiting', waiting > 0)
    },
  }
}

// What is said where no image is left to show: whether it is the end, and if not, what is waited for.
function drawEnd(root, isEnd, inTrouble, { elsewhere }) {
  const $ = (selector) => root.querySelector(selector)
  const [title, text] = inTrouble ? ['The next images cannot be shown yet.', 'They come by themselves.']
    : elsewhere ? ['Others have the rest.', `${counted(elsewhere, 'image')} ${elsewhere === 1 ? 'is' : 'are'} on the desks of other auditors. What they leave comes here by itself.`]
    : ['That was the last one here.', 'No image is left here for you to review.']
  $('.end').hidden = !isEnd
  $('.end h3').textContent = title
  $('.end .rest').textContent = text
}
