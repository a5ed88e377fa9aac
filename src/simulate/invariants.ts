/** What has to hold in every history, whatever fails in it. `checker.ts` has it checked. */
export const invariants = {
  acknowledged_is_kept: "what was acknowledged or announced is stored, then and at the end",
  refused_start_leaves_nothing: "a start that was refused leaves no execution",
  acts_after_commit: "an agent is started only when it is stored that its attempt runs",
  finished_step_stays:
    "a step that has finished never runs again, and an execution that has ended never changes",
  one_result_per_attempt: "no attempt has two accepted results",
  result_is_the_agents: "an accepted result is one that an agent of that very attempt has given",
  result_is_swept_late: "what an agent has left is cleared away only when its result is stored",
  one_live_attempt: "a step never has two live attempts",
  attempts_are_counted:
    "the attempts of a step are numbered without gap, and none is beyond the most it may have",
  order_holds: "a step starts only when every step before it has settled",
  limits_hold: "no execution and no engine runs more agents at once than it may",
  pause_starts_nothing: "nothing starts while a pause holds",
  cancel_ends_it:
    "an execution whose cancel was acknowledged takes no result any more, and ends as cancelled",
  deadline_fires_once: "a deadline decides a gate once",
  deadline_is_kept: "nothing that waits for its time happens before it",
  budget_holds: "no attempt begins while the budget of its stage or its execution is used up",
  spent_once: "nothing is charged for that no agent has used, and nothing twice",
  replay_gives_the_record: "the events, applied one after the other, give the stored records",
  state_fits_the_record: "the stored state of each actor is the one its record shows",
  sequence_has_no_gap: "the events and log lines of an execution are numbered from 1 without gap",
  log_is_exact: "no stored log line is lost, doubled or out of order",
  reader_sees_the_sequence: "a reader sees exactly the stored sequence",
  call_is_answered: "whoever asks a living engine for something is answered",
  run_ends: "every execution ends",
  no_surprise: "nothing fails but what a fault of the scenario explains",
} as const;

export type InvariantName = keyof typeof invariants;
