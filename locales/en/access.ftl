# Who may see a request's answers, handing it on, and whether it is real.

# one more step for programs
person-title = One more step
person-why = Some email programs open links and send forms by themselves. Please show that a person is here.
person-label = Request number
person-hint = It is shown at the top of this page, and in the email or letter that brought you here.
person-wrong = That isn't this request's number. It is shown at the top of this page.

# a new device
device-title = Is it you?
device-why = Answers have been submitted. On a device that was not used before, we show them only to somebody who reads the company's email. We send a code of six digits.
device-whom = Where should the code go?
device-send = Send the code
device-sent = We have sent the code to { $to }. It works for { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}.
device-read-out = Please enter the code that was read out to you. It works for { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}.
device-label = Code of six digits
device-wrong = That code is wrong or has expired. After five wrong tries a new one is needed.
device-not-come = It hasn't come after two minutes?
device-again = Send another
device-no-address = No email address is known for your company.
device-phone = You can't read that email? Call whoever sent the request, at the number that you know: they can read a code out to you.
device-have = I have a code
device-cookie = Your browser will keep a cookie, so that this device isn't asked again.
code-mail-subject = A code for your answers (request { $number })
code-mail-intro = Somebody wants to see or change your company's answers on a device that was not used before. This is the code:
code-mail-not-you = It works for ten minutes. If neither you nor a colleague asked for it, do nothing: nobody sees the answers without it. Never tell it to anybody who calls you.
read-out-title = A code for a new device
read-out-offer = Since answers were submitted, a device that was not used before needs a code. To a company that can't read its email you can read one out. First make sure to whom you are speaking.
read-out-button = Make a code
read-out-text = Ask your caller to open the request's page, and to choose "I have a code".
read-out-until = Works until { $at }, once.

# handing on
pass-button = Hand this to a colleague
pass-code = To pass it on by paper or phone, use this code:
hand-title = Hand this to a colleague
hand-text = Your colleague gets an email with a link of their own. You both see who answered what, and you can take the link back.
hand-name = Your colleague's name
hand-address = Your colleague's email address
hand-language = Language of the email
hand-what = What should they answer?
hand-whole = All of it
hand-sections = Only these parts:
hand-made-by = Your name
hand-made-by-hint = Your colleague sees from whom the request comes.
hand-button = Send the link
hand-colleagues = Colleagues with a link of their own
hand-withdraw = Take the link back
hand-withdrawn = Taken back
hand-problem-name = Enter your colleague's name.
hand-problem-made-by = Enter your name, so that your colleague knows from whom it comes.
hand-problem-sections = Choose at least one part, or all of it.
shared-by = { $name } handed this request to you.
shared-by-for = { $name } asks you to answer these parts. A colleague submits the whole.
review-partial = Thank you. What you answered is saved, and your colleague can see it. There is nothing to submit: whoever handed this to you does that. You may change your answers until then.
share-mail-subject = From { $by }: { $subject }
share-mail-who = { $by } of { $company } hands you a request by { $sender }.
share-mail-check = Please read it and answer the self-check. Colleagues can go on where you stop.
share-mail-sections = Please answer the following parts of the self-check. Whoever asked you submits the whole.
share-mail-section = - { $title }
share-mail-notice = Please read the advisory and acknowledge it.
share-mail-personal = This link is yours alone. If you are not the right person either, please tell whoever handed it to you.
note-dear = Dear { $name },
note-subject = Subject
part-shares = Handed to colleagues
part-share-what = To answer
part-share-by = Handed on by

# the wrong person
wrong-person-hint = This reached the wrong person?
wrong-person-link = Tell us
wrong-title = I am the wrong person
wrong-text = Tell us who is right, as far as you know. Leave empty what you don't know.
wrong-name = Name or department of the right person
wrong-address = Email address
wrong-phone = Telephone number
wrong-remark = Anything else (for example: he has left, or we no longer deal with you)
wrong-button = Tell the sender
wrong-told = Thank you. We have told whoever sent the request. Until they have dealt with it, a reminder may still reach you.
mail-wrong-person = If you are the wrong person for this, please tell us here:
misdirected-title = Wrong person
misdirected-text = Somebody who got a request says that another is right.
misdirected-none = No reports waiting
misdirected-nobody = They don't know who is right.
misdirected-send = Send this person the request
misdirected-settle = Done
error-misdirected = This can't be done any more
error-misdirected-advice = A colleague has dealt with it, no email address was given, or the company has answered meanwhile.
home-misdirected = { $count ->
    [one] { $count } person says that the request isn't for them
   *[other] { $count } people say that the request isn't for them
}

# is it real
real-verify = Type this address into your browser yourself, and there the request number:
verify-title = Is this request real?
verify-text = Enter the request number shown in the email or the letter. You see what we sent under this number.
verify-hint = Year and number, such as 2026-001
verify-button = Check
verify-unknown = We have sent nothing under this number. Look at the number again. If it is right, don't follow the email: call us on a number that you already know.
verify-real = We sent a request under this number.
verify-subject = Subject
verify-sent = Sent on
verify-compare = Compare it with your email
verify-compare-link = The link begins with
verify-compare-from = The sender's address is
verify-compare-phone = A number can be copied from a real email. If you still doubt, call us on a number that you already know, not on one from the email.
verify-go = Answer with the code
verify-another = Check another number
mail-how-to-check = To check that this email is real, type { $address } into your browser and enter the request number { $number } there.

# the notice before
notice-label = Notice before the request
notice-hint = An email without any link says that the request will come, from which address, and how to check it. Careful people then trust it.
notice-none = No notice
notice-before = { $hours ->
    [one] { $hours } hour before
   *[other] { $hours } hours before
}
plan-problem-notice = The notice must be between 0 and 336 hours before the request.
plan-problem-notice-late = With this notice, the request would come after the deadline.
confirm-notice = First a notice without a link; the requests follow { $hours ->
    [one] { $hours } hour later.
   *[other] { $hours } hours later.
}
notice-mail-subject = In advance: { $subject }
notice-mail-intro = On { $date } you will get an email with a request by { $sender }. This email comes before it, so that you can tell that one from a forged one. It has no link, and there is nothing to open.
notice-mail-signs = The email will come from { $from }. Its link will lead to { $host } and nowhere else.
notice-mail-call = When it has come, type { $host } into a browser, then /verify, and enter the request number { $number } there; or call us on a number that you already know.
notice-mail-nothing = There is nothing to do now.

# mails, events, the log
delivery-kind-share = Handed to a colleague
delivery-kind-device-code = Code for a new device
delivery-kind-notice = Notice before the request
event-handed-on = Handed to a colleague
event-misdirected = Said to be the wrong person
audit-invitation-device = Proved a new device
audit-invitation-device-code = Made a code to read out
audit-invitation-hand-on = Handed to a colleague
audit-invitation-take-back = Took a colleague's link back
audit-invitation-misdirected = Said to be the wrong person
audit-invitation-misdirected-settled = Dealt with a wrong person
error-new-device = This device has to be confirmed first
letter-check = To check
letter-check-how = open { $address } and enter the request number
review-partial-title = Your answers
review-partial-open = What you have answered is saved. Whoever handed this to you submits the whole.
error-submitted-meanwhile = The answers were submitted meanwhile
