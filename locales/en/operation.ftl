# What a server does by itself, and what fails there. `$subject` is a kind of job as the program names it.
job-name = { $subject ->
    [Circulate] Making a campaign's invitations
    [CancelMails] Cancelling a campaign's emails
    [TypesetLetters] Making letters as PDF
    [ConfirmReceipt] Receipts
    [ReachNextContact] Writing to the next contact after an email came back
    [Remind] Reminders
    [SendDigests] The buyers' email of the day
    [ReadMailbox] Reading the mailbox
    [ForwardReply] Passing on replies
    [FollowDirectory] Carrying changes of companies into campaigns
    [ImportCompanies] Importing a list of companies
    [EndSittings] The log of what respondents changed
    [ResendRefused] Sending refused emails again
    [SendAgain] Sending a request again
    [GoOn] Carrying a moved deadline, or a reopened campaign, on
   *[other] Other work ({ $subject })
}
alert-job-failing = This keeps failing: { job-name }. The server said: { $words }
alert-letters-failing = The letters on paper of { $subject } can't be made. { $words }
alert-disk = The disk that holds { $subject } is almost full: { $words } MB are left. When it is full, no answer can be saved and no email goes out.
jobs-title = Work in the background
jobs-lead = What failed when it was last tried. Everything here is tried again by itself, at least every 15 minutes (every hour where the server itself ended in the middle), and leaves the list when it works.
jobs-none = Nothing is failing
jobs-none-advice = Nothing that the server does by itself, such as invitations, reminders and receipts, is waiting for another try.
jobs-what = What
jobs-why = Failed with
jobs-since = Failing since { $at }
jobs-next = Next try { $at }
jobs-running = Being tried now
jobs-try = Try again
jobs-try-all = Try everything again now
jobs-link = Work in the background
jobs-see = See what fails
jobs-link-lead = What the server does by itself, such as reminders, and what fails of it.
audit-job-again = Background work tried again
audit-kind-job = Background work
audit-field-jobs = How many
error-unavailable = Nothing can be saved at the moment
error-unavailable-advice = What you have just entered was not saved. What was confirmed before is safe. Leave this page open or note down what you typed, and try again in a few minutes. If it goes on, tell the administrator this number.
listener-too-slow = The connection was too slow
listener-busy = Too many people are using this server at the moment. Please try again in a few seconds.
