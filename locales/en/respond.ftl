# Words for the companies that are asked: pages and mails

# On every page
from-label = From
number-label = Request number
deadline-label = Deadline
inquiries-label = Questions? Contact
about-this-request = About this request
real-link = Make sure this is real
letter-link = Letter
pass-link = Pass it on
required = required
optional = optional
back-button = Back
colon = { ": " }
list-separator = { ", " }
questions-count = { $count ->
    [one] { $count } question
   *[other] { $count } questions
}

# Where a code is typed
code-from = Answer a request
code-title = Enter your code
code-where = It is written in the email or the letter that you received.
code-label = Code
code-entry-hint = Such as K7QM3-T9XBD. Capitals and the hyphen don't matter. 0, 1, I, L, O and U are never used.
code-wrong = This code isn't known. Please check it character by character. If it still doesn't work, ask at the contact given in the email or the letter.
go-on = Go on

# The first page
to-company = To: { $company }
no-is-no-disadvantage = Tell us how things are today. A “No” or “Don't know” is not held against you.
questions-label = Questions
closed-notice = Answers are no longer taken. If something should be corrected, please get in touch at the contact below.
late-notice = The deadline has passed, but you can still answer. Your answers will be marked as late.
two-requests = We ask two things of you
one-request = We ask one thing of you
read-advisory = Read the advisory
your-name-optional = Your name (optional)
acknowledge-button = I have read it
answer-check = Answer the self-check
answer-check-hint = You can stop at any time: what you enter is kept. You need no account and no password.
start-check = Start the self-check
continue-check = Go on with the self-check
all-on-one-page = Answer on one page
check-answered = We have your answers. Thank you.
see-receipt = See the receipt
change-answers = Change the answers
advisory-label = Advisory
why-label = Why
who-label = Who
sources-label = Sources
real-phone = Call us on a number that you already know, from a business card or an order, and give the request number { $number }. Don't use a number from this page or from the email.
real-address = Look at the address bar of your browser. It shows this name:
real-code = Look at the code in the email or the letter. It is the same as this one:
real-never = With this request, we never ask for a password.
pass-how = Forwarding is welcome: anyone at your company can go on where you stopped. A colleague gets a link of their own, for all of it or for some parts.

# The letter
letter-label = Letter
letter-to-whom = Sir or Madam

# Answering
progress-label = Question { $number } of { $of }
answered-of = { $answered } of { $of } answered
all-questions = See all questions at once
all-intro = Answer in any order. Questions that aren't required can be left empty.
question-not-asked = Because of another answer, you don't need to answer this question.
only-when = Only if you answered “{ $answers }” to “{ $question }”.
who-knows = Who may know: { $who }
terms-label = What the words mean
answer-yes = Yes
answer-partly = Partly
answer-no = No
answer-na = Not applicable
answer-unknown = Don't know
first-steps = First steps
no-is-fine = A “No” will not be held against you. Start with what you can.
comment-label = Comment
comment-hint = Optional. If something is planned, say when.
comment-wanted = If you answer “{ $answers }”, please say how things are and what is planned.
save-and-next = Save and go on
save-and-review = Save and check
saved-at = Saved at { $at }. You can close this page and go on later.

answer-problem-too-long = Please write at most 4,000 characters.
answer-problem-comment-too-long = Please keep the comment to 4,000 characters.
answer-problem-choice = Please choose one of the answers shown.
answer-problem-date = Please write the date like 2026-01-05.
answer-problem-number = Please write a whole number, digits only.
answer-problem-number-small = Please write a number of { $min } or more.
answer-problem-number-great = Please write a number of { $max } or less.

# Somebody else changed the same question
conflict-title = Somebody else changed this answer
conflict-label = Question:
conflict-theirs = Saved by { $by } at { $at }:
conflict-mine = Your answer (not saved yet):
conflict-how = Your answer is in the form below. To keep yours, save once more. To keep theirs, choose it below and save.
conflict-short = { $by } changed “{ $question }”. Your answer isn't saved yet. Press the save button below to choose between the two.

# Who answers
about-title = Who answers
about-why = We may get in touch about your answers. We use this for nothing else.
division-label = Department
division-hint = Leave it empty if there is none.
name-label = Name
contact-label = Contact
contact-hint = An email address or a telephone number.
about-problem-name = Please write your name.
about-problem-contact = Please write an email address or a telephone number.
about-problem-long = Please keep department, name and contact to 200 characters each.

# Before sending
review-title = Check before you send
review-unchanged = We have received these answers. To correct one, press “Change” beside it.
review-reopened = Some answers were changed after they were received, and the changes haven't been sent. What we have is what was sent before.
review-missing = Something is still missing
no-answer = No answer
no-answer-yet = Not answered yet
change-link = Change
answer-link = Answer
division-and-name = Department and name
review-after = You can still change your answers after sending, until we close the request. Earlier answers stay on record.
submit-button = Send these answers

# The receipt
seal-received = RECEIVED
receipt-title = We have received your answers
receipt-thanks = Thank you, { $name } ({ $company }).
receipt-late = They were received after the deadline, and are marked as late.
receipt-number = Receipt number
receipt-at = Received
receipt-answers = Answers
receipt-print = To keep a copy, print this page.
what-now = What you can do now
what-now-count = { $count ->
    [one] For the { $count } question answered “Partly”, “No” or “Don't know”, here are steps that you can start at once.
   *[other] For the { $count } questions answered “Partly”, “No” or “Don't know”, here are steps that you can start at once.
}
your-answers = The answers you sent

# Mails
open-request = Open the answer page
receipt-mail-subject = { "[" }{ $sender }] We have received your answers (receipt number { $receipt })
receipt-mail-intro = Thank you for taking the time to answer. We have received your answers:
receipt-mail-copy = You can see them on this page, and change them until we close the request:
receipt-mail-not-you = If you know nothing of this, please tell us at the contact below.

error-campaign-closed = This request is closed
back-to-request = Back to the request
error-campaign-closed-advice = This request takes no more answers. What you sent can be seen from its first page. If something should be changed, please tell whoever asked.
review-changed = Somebody changed the answers after you had reviewed them. If they are right as shown below, please send them.
letter-code = { $code } (enter it at { $address })
