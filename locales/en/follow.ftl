# Follow-up campaigns: again, a second notice, an all clear
# Words for operators
follow-title = Follow up
follow-of = Follows:
followed-by = Followed by:
follow-lead = This makes a draft with the same content, sender, contact for inquiries and reminder plan. Nothing goes out until you send it.
follow-kind-label = What to send
follow-again = The same again
follow-again-hint = The same content with the same letter, such as a check that comes round.
follow-second-notice = A second notice
follow-second-notice-hint = The same content with a short letter that reminds of the first.
follow-all-clear = An all clear
follow-all-clear-hint = Asks nothing but to confirm that it was read. Nobody is reminded.
follow-title-again = { $title } (again)
follow-title-second-notice = { $title } (second notice)
follow-title-all-clear = { $title } (all clear)
follow-who-label = To which companies of the earlier campaign
follow-who-hint = Chosen as things stand when it is sent: who answers meanwhile is treated accordingly.
follow-narrow-more = The filters below narrow it further. Companies added one by one are written to in any case.
follow-who-all = All that it was sent to
follow-who-unanswered = Those that still have to answer or acknowledge (without those that declined)
follow-who-done = Those that have answered (also in part) or acknowledged
follow-who-no = Those with any “No”
follow-who-no-to = Those with a “No” to one question
follow-who-all-yes = Those that answered “Yes” to everything that applies
follow-who-unreached = Those that no email reached
follow-count = { $count ->
    [one] { $count } company now
   *[other] { $count } companies now
}
follow-question-label = Question
follow-question-hint = For “Those with a ‘No’ to one question”.
follow-question-none = Choose one
follow-question-noes = { $question } (No: { $count })
follow-button = Make the draft
follow-problem-kind = Choose what to send.
follow-problem-question = Choose a question.
error-follow-draft = A campaign that hasn't been sent can't be followed up
plan-problem-all-clear-asks = An all clear asks nothing. Take the checklist out.
all-clear-asks-nothing = This is an all clear. It sends the letter only, and companies confirm that they have read it.
confirm-follows = Chosen from the companies of the earlier campaign “{ $title }” ({ $number }):
confirm-follows-then = The number is as things stand now; what counts is when it is sent.
confirm-follows-runs = The earlier campaign still takes answers. So that nobody is reminded twice, close it, or stop its emails, when this one is sent.
part-thread = Campaigns that belong together
audit-campaign-follow = Made a draft of a follow-up

# Words for companies
thread-before = What we told you before
thread-since = We have written to you about this since. Please see the newer email or letter.
thread-first = First message
thread-again = Our request again
thread-second-notice = Second notice
thread-all-clear = All clear
thread-answered = We have your answers
thread-acknowledged = You have confirmed that you read it
thread-read-only = You have read it; we have no answers yet
thread-started = Answers begun, not yet sent
thread-open-check = We have no answers yet
thread-open-notice = Not yet confirmed as read
thread-declined = You told us that you will not answer
thread-see = What we received for { $number }
before-title = What we received before
before-sent = Sent on
before-standing = Status
before-acknowledged = Read on
before-own-link = To see the answers themselves, use the link in the email or letter of that time.
read-letter = Read the notice
read-letter-hint = When you have read the letter below, press the button. There is nothing else to do.
