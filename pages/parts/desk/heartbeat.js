// Part of the desk: when Python is sent more. What is not on disk yet is sent until it is; and
// while the auditor is there, a sign of life keeps others off what is on the desk and brings news.

const SEND_AGAIN_MS = 3000
const HEARTBEAT_MS = 20_000
const ASLEEP_MS = 600_000
const SILENCE_MS = 6000

// `hurry()`: whether Python is to be asked again soon though nothing waits to be stored;
// `changed()` is called when there may be another sentence to show.
function createHeartbeat(root, outbox, send, { hurry, changed }) {
  let sentAt = 0, activeAt = Date.now(), isLeaving = false, wasSilent = false
  const contact = createContact(root, () => { isLeaving = true })
  const isAwake = () => !document.hidden && Date.now() - activeAt < ASLEEP_MS
  const isSilent = () => contact.waited() > SILENCE_MS
  function isDue(since) {
    if (contact.isElsewhere) return false
    if (outbox.actions.length || contact.waited() > SEND_AGAIN_MS) return since > SEND_AGAIN_MS
    if (hurry() && !document.hidden) return since > SEND_AGAIN_MS
    return since > HEARTBEAT_MS && isAwake()
  }
  const beat = setInterval(() => {
    if (!contact.isElsewhere) contact.check()
    if (isDue(Date.now() - sentAt)) send()
    if (isSilent() !== wasSilent) { wasSilent = isSilent(); changed() }
  }, 1000)
  const onVisible = () => { if (isAwake()) send() }
  const onLeave = (event) => { if (outbox.actions.length && !isLeaving) event.preventDefault() }
  document.addEventListener('visibilitychange', onVisible)
  window.addEventListener('beforeunload', onLeave)
  return {
    isSilent,
    get isElsewhere() { return contact.isElsewhere },
    sent(tick) { sentAt = Date.now(); contact.sent(tick) },
    answered(tick) { contact.answered(tick); wasSilent = isSilent() },
    active() { activeAt = Date.now() },
    stop() {
      clearInterval(beat)
      contact.stop()
      document.removeEventListener('visibilitychange', onVisible)
      window.removeEventListener('beforeunload', onLeave)
    },
  }
}
