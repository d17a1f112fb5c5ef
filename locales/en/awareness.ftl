# A notice for employees: companies pass it on and tell how many people it reached
# Making a campaign: what
awareness-label = Notice for employees (optional)
awareness-choice-hint = One page that group companies post or pass on to everybody who works there. They report how many people it reached, and how.
no-awareness = None
awareness-suppliers-label = Ask suppliers, too
awareness-suppliers-hint = Otherwise only group companies are asked.
plan-problem-awareness-unknown = This notice is not there any more. Choose another one.

# The board
awareness-title = Notice for employees
awareness-no-report = Nothing was reported yet.
reach-people = People reached
reach-companies = Companies that reported (of { $asked } asked)
reach-missing = Not yet reported
reach-reported = Reported
reach-none = Nothing was reported yet. When companies tell how many people they reached, the sum is here.
reach-missing-none = All have reported.
reach-ways-hint = A company that used several ways counts in each.
audit-awareness-report = Reported how many people were reached

# Words for companies
awareness-ask-title = Please tell your employees
awareness-ask = We have prepared a notice of one page for everybody who works at your company. Please pass it on in a way that suits you, such as a notice board, a morning meeting or an email, and tell us how many people it reached.
awareness-open = See the notice and report
awareness-pass-on = Pass it on
awareness-pass-on-how = Print the notice “{ $title }” and post it, or paste its text into an email or your intranet.
awareness-contact = Whom your people should tell
awareness-contact-hint = Printed on the notice, such as: Office, Ms Sato, extension 118. Left empty, there is a line to write on. It is not kept.
awareness-print = Open the notice to print
awareness-text = Download the text
awareness-back = Back to the request
awareness-print-how = Your browser prints it on one sheet of A4.
awareness-blank = A line to write on
awareness-report-title = Report how many people it reached
awareness-report-how = A rough number will do. You can correct it later.
awareness-correct-how = If there are more people by now, or something was wrong, correct it and send it again. What you reported before stays on record.
awareness-stored = Reported on { $at } by { $by }. Thank you.
awareness-meanwhile = After you opened this page, on { $at }, { $by } reported the following. If yours below is right, please send it again.
awareness-people = People reached
awareness-people-hint = Everybody who saw or heard it, temporary staff included.
awareness-people-count = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
awareness-ways = Ways
awareness-ways-hint = one or more
awareness-way-posted = Posted
awareness-way-mail = Email
awareness-way-meeting = Morning meeting or other meeting
awareness-way-intranet = Intranet or chat
awareness-way-training = Training
awareness-way-other = Other
awareness-day = Date
awareness-remark = Remark
awareness-remark-hint = Such as: the night shift was told the next day.
awareness-send = Send the report
awareness-correct = Correct the report
awareness-reported-at = Reported at
awareness-by = Reported by
awareness-problem-people = Enter the number of people in digits.
awareness-problem-people-range = The number of people is from 1 to 5,000,000.
awareness-problem-ways = Choose at least one way.
awareness-problem-day = Enter the date as 2026-01-05.
awareness-problem-day-future = The date lies in the future.
awareness-problem-remark = Keep the remark to 2,000 characters.
awareness-problem-name = Keep the name to 100 characters.
