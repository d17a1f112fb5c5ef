# Putting a campaign right after it was sent: again, another deadline, more companies, closing and reopening, calls
manage-title = Actions
manage-again = Send again to those who haven't opened it
manage-unopened = { $count ->
    [one] 1 company
   *[other] { $count } companies
}
manage-again-text = The request goes once more to the contacts of companies that haven't opened it, at the addresses that the directory has now. Where an email still waits to be sent, no second one is made.
manage-again-unreached = { $count ->
    [one] Email doesn't reach 1 of them.
   *[other] Email doesn't reach { $count } of them.
} Such a company gets an email only if the directory has an address that can be used.
manage-again-none = Every company has opened it.
manage-again-last = Sent again last: { $at }
manage-again-sure = { $count ->
    [one] Yes, send it to the 1 company that hasn't opened it
   *[other] Yes, send it to the { $count } companies that haven't opened it
}
manage-again-button = Send again
manage-problem-sure = Look at the number of companies, and tick the box.
manage-companies = { $count ->
    [one] 1 company so far
   *[other] { $count } companies so far
}
manage-cancelled = The emails of this campaign were cancelled. Nothing can be sent again, no company can be added, and nobody can be told of another deadline.
manage-paused = The emails of this campaign are paused. What you send here waits until they go on.
manage-done-again = { $count ->
    [one] The request is being sent again to 1 company.
   *[other] The request is being sent again to { $count } companies.
}
manage-done-deadline = The deadline was moved. Nobody is told by email.
manage-done-told = The deadline was moved. Companies that haven't answered are told by email.
manage-done-same = The deadline is what it was.
manage-done-added = { $count ->
    [one] 1 company was added. The request is being sent.
   *[other] { $count } companies were added. The requests are being sent.
}
manage-done-reopened = The campaign is open again, and takes answers.
deadline-move = Move the deadline
deadline-move-text = The answer pages, all further emails and reminders, and the lists of calls show the new deadline at once. Letters that were printed before don't change. Answers that came late stay marked as late.
deadline-zone = Time zone: { $zone }
deadline-tell = { $count ->
    [one] Tell the 1 company that hasn't answered by email
   *[other] Tell the { $count } companies that haven't answered by email
}
deadline-tell-hint = The email goes to the contacts who got the request. Tell companies that email doesn't reach in another way.
deadline-button = Move the deadline
deadline-mail-subject = New deadline: { $subject }
deadline-mail-intro = This is about “{ $subject }”, which you had from { $sender }. The deadline has been moved.
deadline-mail-to = The new deadline is { $to }.
deadline-mail-check = Please answer by then on the page below.
deadline-mail-notice = Please confirm by then, on the page below, that you have read it.
deadline-mail-now = New deadline
deadline-mail-before = Deadline before
deadline-mail-done = If you have answered meanwhile, please ignore this email.
deadline-mail-wrong = If you are not the right person for this, please tell us here: { $address }
delivery-kind-deadline = New deadline
add-title = Add companies
add-lead = Choose companies that this campaign shall go to as well. They get the same request, and are reminded in the same way. A company that has been asked is never asked twice.
add-choose = Choose companies
add-late = The deadline has passed. It is best to move it first.
add-by-name = By name
add-search = Search
add-asked = Asked already
add-no-mail = No email address: a letter is made, and the company is on the list of calls.
add-names-button = Add the chosen companies
add-by-rule = By rule
add-rule-hint = Of the companies that fit, those that haven't been asked are added.
add-look = Show the companies that fit
add-found = { $count ->
    [one] 1 company can be added
   *[other] { $count } companies can be added
} ({ $asked } asked already)
add-without-mail = { $count ->
    [one] 1 of them has nobody who can be written to. A letter is made, and it is on the list of calls.
   *[other] { $count } of them have nobody who can be written to. Letters are made, and they are on the list of calls.
}
add-more = And { $count } more
add-rules-button = { $count ->
    [one] Add 1 company
   *[other] Add { $count } companies
}
add-problem-choose = Choose the companies to add.
add-problem-count = The number of companies has changed. Please look again.
close-open = { $count ->
    [one] 1 company hasn't answered yet.
   *[other] { $count } companies haven't answered yet.
}
close-next = Go on to close it
close-who = Show which
close-answers = No company can answer any more.
close-mails = Requests and reminders that wait to be sent are cancelled.
close-kept = The answers so far are kept.
close-again = If need be, the campaign can be opened again.
close-problem = Read what follows from it, and tick the box.
reopen-title = Open the campaign again
reopen-text = A closed campaign can take answers again.
reopen-answers = Companies can answer again by the same link.
reopen-mails = Emails that closing cancelled stay cancelled. Send them again where they are needed.
reopen-reminders = Reminders go on with those still to come. Those that fell into the time when it was closed aren't sent.
reopen-over = The deadline has passed. Move it after you have opened the campaign.
reopen-button = Open again
part-send = Send the request
part-undeliverable = Email doesn't arrive.
part-put-right = Put it right in the directory
part-new-address = Send to another address
part-language = Language of the email
part-keep = Keep it as a contact of the company
part-moved = The address of { $name } was changed after the request had gone to { $before }. Nothing has gone to the new one yet.
part-moved-button = Send to the new address
part-mails-off = The emails of this campaign were cancelled, so nothing can be sent from here.
part-closed = The campaign is closed. Nothing can be sent to this company until it is opened again.
part-show-link = Show the link to the answer page
part-link-hint = Whoever has this link can answer for the company. The audit log says who had it shown.
part-copy = Copy
part-copied = Copied
part-calls = Calls
part-no-calls = No call was recorded yet.
part-done-sent = The request was queued, and goes out next.
part-done-hurried = The email that waited goes now.
part-done-before = That email has gone already. Press the button again to send one more.
part-done-undeclined = The company no longer counts as declined. It is reminded again.
part-declined = It is recorded that the company won't answer ({ $at }).
undecline-button = Take that back
call-answered = Answered on the phone (write the answers down next)
call-refused = Won't answer (stop the reminders)
calls-held = { $count ->
    [one] 1 more company promised an answer, and is left out until that day.
   *[other] { $count } more companies promised an answer, and are left out until that day.
}
event-undeclined = It was taken back that the company declines
again-problem-mail = Enter an email address.
record-keys = Press a digit: 1 yes, 2 partly, 3 no, 4 not applicable, 5 don’t know, 0 no answer. In other questions, answers are counted from the left. Then the next row has its turn.
record-clear = No answer
error-campaign-ended = This campaign is closed
error-campaign-ended-advice = Open it again under “Actions”; then this can be done.
error-mails-cancelled = The emails of this campaign were cancelled
error-mails-cancelled-advice = They can't be sent any more. If need be, make a campaign that follows this one.
error-again-settled = This company isn't asked any more
error-again-settled-advice = It has answered, or it is recorded that it won't. If it declined, take that back first.
error-again-undeliverable = Email doesn't arrive at this address
error-again-undeliverable-advice = First correct the address on the company's page, or take its mark away there.
error-again-recent = It was sent again within the last hour
error-again-recent-advice = Perhaps somebody else did it just now. Wait a while, then try again.
error-campaign-changed = Somebody else has changed this campaign
error-campaign-changed-advice = Open the page again and see how it is now.
error-campaign-not-closed = This campaign isn't closed
error-campaign-not-closed-advice = Only a closed campaign can be opened again.
error-add-none = There is no company to add
error-add-none-advice = Those that were chosen have been asked already.
audit-campaign-reopen = Campaign opened again
audit-campaign-deadline = Deadline moved
audit-campaign-add = Companies added
audit-campaign-send-again = Sent again to those who hadn't opened it
audit-invitation-undecline = Decline taken back
audit-invitation-again = Request sent again
audit-invitation-call = Call recorded
audit-invitation-show-link = Link shown
audit-field-told = Told by email
