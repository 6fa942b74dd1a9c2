// Filtering and deep links. The report reads completely without it.
const bar = document.querySelector('#filter')
const checks = [...document.querySelectorAll('.check')]
const status = bar.querySelector('[role=status]')
const input = (name) => bar.querySelector(`[name=${name}]`)

function apply() {
  const verdicts = new Set([...bar.querySelectorAll('[name=verdict]:checked')].map((box) => box.value))
  const suite = input('suite').value
  const words = input('text').value.toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  for (const check of checks) {
    const { verdict, suite: own, search } = check.dataset
    const fits = verdicts.has(verdict) && (suite === '' || suite === own) && words.every((word) => search.includes(word))
    check.hidden = !fits
    if (fits) shown += 1
  }
  for (const group of document.querySelectorAll('.group')) group.hidden = !group.querySelector('.check:not([hidden])')
  status.textContent = shown === checks.length ? `${shown} checks` : `${shown} of ${checks.length} checks`
}

function reset() {
  for (const box of bar.querySelectorAll('[name=verdict]')) box.checked = true
  input('suite').value = ''
  input('text').value = ''
  apply()
}

/** Makes the linked place visible: filters off when they hide it, everything around it open. */
function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target) return
  if (target.closest('[hidden]')) reset()
  for (let node = target; node; node = node.parentElement) if (node.localName === 'details') node.open = true
  target.scrollIntoView()
}

bar.addEventListener('input', apply)
bar.hidden = false
addEventListener('hashchange', follow)
apply()
if (location.hash) follow()
