import type { Finding, Gate, Verdict } from '../../reports/model.ts'
import type { Check, Evidence } from './define.ts'
import { NotApplicable } from './gather-context.ts'
import { renderMessage } from './message.ts'

export interface Judged {
  verdict: Verdict
  reason: string | null
  findings: Finding[]
}

/**
 * Gates and judge to a verdict (design §7). Uncalibrated or undelivered evidence says nothing, so it is not judged; a finding stands
 * even when the end was not observed, but a clean judge without observation is no pass.
 */
export function decide(check: Check, evidence: Evidence<unknown>, gates: readonly Gate[]): Judged {
  const broken = (kind: Gate['gate']) => gates.find((gate) => gate.gate === kind && !gate.ok)
  const early = broken('calibrated') ?? broken('delivered')
  if (early && check.level !== 'CONTROL') return inconclusive(early)
  const findings = applicable(() => judge(check, evidence), early ?? broken('observed'))
  if (!Array.isArray(findings)) return inconclusive(findings)
  if (findings.length > 0) {
    if (check.level === 'CONTROL') return { verdict: 'inconclusive', reason: findings[0]!.text, findings }
    return { verdict: check.level === 'SHOULD' ? 'warn' : 'fail', reason: null, findings }
  }
  const late = early ?? broken('observed')
  return late ? inconclusive(late) : { verdict: 'pass', reason: null, findings: [] }
}

/**
 * A judge that finds that its check says nothing about this target throws NotApplicable. Where something was not seen, that cannot be
 * known: then the gate that failed is returned.
 */
function applicable(judged: () => Finding[], failed: Gate | undefined): Finding[] | Gate {
  try {
    return judged()
  } catch (error) {
    if (error instanceof NotApplicable && failed) return failed
    throw error
  }
}

function inconclusive(gate: Gate): Judged {
  return { verdict: 'inconclusive', reason: `not ${gate.gate}: ${gate.reason}`, findings: [] }
}

function judge(check: Check, evidence: Evidence<unknown>): Finding[] {
  return check.judge(evidence as Evidence<never>).map(({ message, data = {} }) => {
    const template = check.messages[message]
    if (template === undefined) throw new Error(`${check.id} reports the message "${message}", which it does not define`)
    return { message, text: renderMessage(template, data), data }
  })
}
