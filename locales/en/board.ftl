# Where a campaign stands
live-on = Live
live-paused = Updates are paused
live-pause = Pause
live-resume = Resume
live-lost = Not connected. It updates as soon as it is again
board-as-of = As of { $at }
board-reload = Update
board-answers = Companies × questions
board-companies = All companies
board-paper = One page to print
board-wall = Wall screen
sent-label = Sent
nums-phone-today = to phone today
sheet-hint-many = { $each ->
    [one] One stamp for { $each } company.
   *[other] One stamp for { $each } companies.
} Choose one for those in its state
sheet-many = { $count ->
    [one] { $state }: { $count } company
   *[other] { $state }: { $count } companies
}
curve-title = Responses over time
curve-hint = Shaded: weekdays 9:00–17:00
curve-read = Acknowledged (or declined)
curve-table = Show as a table
curve-date = Day
curve-day = { $weekday } { $day }/{ $month }
curve-words = Responses over time. { $word }: { $done } of { $companies }.
calls-title = To phone today
calls-hint = { $count ->
    [one] 1 company
   *[other] { $count } companies
}
calls-order = Most critical first
calls-contact = Contact
calls-why = Why
calls-no-number = No number known
calls-none = Nobody needs a call today. Companies that email doesn't reach, and those that haven't answered when the deadline is near, are listed here.
calls-all = Show all
calls-record = To record what was said, choose the company and then “Record an answer by phone or on paper”. The company then leaves this list.
call-no-address = No email address
call-bounced = Email came back
call-queued = Not sent yet
call-unopened = Not opened, deadline near
call-opened = Opened, not answered
call-acknowledged = Acknowledged, not answered
call-started = Stopped half-way
weak-title = Weakest measures
weak-hint = From the answers submitted
weak-line = No: { $no } ({ $share }), partly: { $partly }, don’t know: { $unknown }
weak-none = No answers yet. The measures with the most “no” are listed here, weakest first.
weak-all = Show all questions
latest-title = In the last hour
latest-hint = Newest first
latest-none = Nothing has happened in the last hour.
cross-title = Breakdown
cross-progress = Progress
cross-bar = { $word }: { $done }, in progress: { $read }, opened only: { $opened }, not opened: { $waiting }, not reached: { $trouble }, declined: { $declined }
cross-trouble = Not reached
cross-unsaid = Not recorded
cross-tier = Tier { $tier }
cross-rest = { $countries ->
    [one] { $countries } more country or region
   *[other] { $countries } more countries and regions
}, { $companies ->
    [one] { $companies } company
   *[other] { $companies } companies
}
paper-hint = This fits on one A4 page. Print it, or save it as a PDF, with your browser.
paper-back = Back to the board
list-search = Company or code
list-all = All
list-changed = Changed
list-first = First page
list-mark-half = Choose a question and an answer to see the companies that gave it.
list-unmark = Show all answers
heat-hint = Only answers that were submitted
heat-noes = “No” answers
heat-yes = Share of “yes”
heat-yes-all = Share of “yes” (whole campaign)
heat-only = { $count ->
    [one] Only the company that answered “no” to question { $question }
   *[other] Only the { $count } companies that answered “no” to question { $question }
}
heat-caption = A row for each company, a column for each question; each cell is the company’s answer
heat-other = Answered in words
heat-empty = No answers have been submitted yet. Each company that submits gets a row here.
history-title = Campaigns so far
history-empty = This company hasn’t been asked yet. Each campaign sent to it gets a line here.
history-since = Since the one before
history-changes = { $better } better, { $worse } weaker
history-link = Campaigns so far
compare-title = Compare campaigns
compare-hint = Progress and answers of two campaigns beside each other
compare-first = First campaign
compare-second = Second campaign
compare-button = Compare
compare-empty = Two campaigns must have been sent before they can be compared.
compare-hours = { $hours ->
    [one] { $word } { $hours } hour after sending
   *[other] { $word } { $hours } hours after sending
}
compare-days = { $days ->
    [one] { $word } { $days } day after sending
   *[other] { $word } { $days } days after sending
}
compare-not-yet = That time hasn’t come yet
compare-closed = It was closed before
compare-questions = Questions that both ask
compare-change = Change (points)
compare-none = They share no question, or nobody has answered yet.
compare-link = Compare campaigns
home-today = What needs you today
home-today-none = Nothing needs attention now.
home-call = { $count ->
    [one] { $count } company to phone
   *[other] { $count } companies to phone
}
home-over = { $count ->
    [one] The deadline has passed; { $count } company hasn’t finished
   *[other] The deadline has passed; { $count } companies haven’t finished
}
home-soon = { $days ->
    [0] The deadline is today
    [one] { $days } day left
   *[other] { $days } days left
}; { $count ->
    [one] { $count } company hasn’t finished
   *[other] { $count } companies haven’t finished
}
home-critical = of them critical (A): { $count }
home-sending = { $count ->
    [one] Being sent; { $count } company still waits for its email
   *[other] Being sent; { $count } companies still wait for their email
}
