# Reminders: the plan, the calendar, the buyers' calls

# 3. Letter and sender: the reminder plan
remind-title = Reminders to companies that don't answer
remind-standard = Standard
remind-standard-hint = To the contacts 7, 3 and 1 days before the deadline, and 1 and 3 days after it; once to an executive, 7 days after it. Then it ends. From the day before, buyers have the company on their list to phone.
remind-urgent = Urgent
remind-urgent-hint = When an answer is needed today: 4, 2 and 1 hours before the deadline, then 1 and 3 hours after it. Also at night and on days off.
remind-own = Your own
remind-own-hint = As the rows under “Your own plan” say.
remind-none = No reminders
remind-none-hint = The list of companies to phone stays as it is.
remind-hour = Hour of sending (local time)
remind-hour-hint = The time in each company's country. Nothing is sent on weekends and public holidays of Japan or that country, nor on your own days off: before the deadline it goes on the business day before, after it on the next one.
remind-rows = Your own plan
remind-unit = Counted in
remind-unit-days = Days
remind-unit-hours = Hours
remind-then = After the last row, every business day to
remind-then-nobody = Nobody
remind-most = Most emails to one company
remind-apart = Hours between two reminders, at least
remind-distance = Distance from the deadline
remind-when = Before or after
remind-before = before the deadline
remind-after = after the deadline
remind-to = To
remind-to-primary = Primary contact
remind-to-backup = Backup contact
remind-to-executive = Executive
remind-to-buyer = Your buyer
remind-row-distance = Row { $row }: distance from the deadline
remind-row-when = Row { $row }: before or after
remind-row-to = Row { $row }: to
remind-rows-hint = A row without a distance isn't used. 0 is the day itself (or, in hours, the deadline).

plan-problem-reminders-empty = Fill in at least one row of reminders, or choose another plan.
plan-problem-reminders-far = Give each reminder's distance as a whole number from 0 to 60, in ten rows at most.
plan-problem-reminders-hour = Choose an hour for reminders from 6:00 to 18:59.
plan-problem-reminders-most = Allow from 1 to 20 reminders to one company.
plan-problem-reminders-apart = Leave from 1 to 240 hours between two reminders.

# The plan as a calendar
plan-title = Planned reminders
plan-lead = This is what happens if no company answers. A company that answers or declines gets nothing from then on.
plan-change = Change it
plan-none = This campaign sends no reminders by email.
plan-day = Day
plan-step = When
plan-companies = Companies
plan-sent = Sent
plan-sent-all = { $count ->
    [one] { $count } sent
   *[other] { $count } sent
}
plan-days-before = { $count ->
    [one] { $count } day before the deadline
   *[other] { $count } days before the deadline
}
plan-day-itself = On the day of the deadline
plan-days-after = { $count ->
    [one] { $count } day after the deadline
   *[other] { $count } days after the deadline
}
plan-hours-before = { $count ->
    [one] { $count } hour before the deadline
   *[other] { $count } hours before the deadline
}
plan-hour-itself = At the deadline
plan-hours-after = { $count ->
    [one] { $count } hour after the deadline
   *[other] { $count } hours after the deadline
}
plan-again = Every business day after that
plan-local-hour = From { $hour } local time at each company, spread over some 20 minutes.
plan-urgent-hours = By the hours from the deadline, whatever day or night it is.
plan-off = Weekdays without reminders:
plan-unknown = No public holidays are known for these countries; every day from Monday to Friday counts as a business day there: { $countries }
plan-stops = { $most ->
    [one] At most { $most } email to a company. A contact whose email comes back is passed over for the next one.
   *[other] At most { $most } emails to a company. A contact whose email comes back is passed over for the next one.
}
plan-phone = From three days before the deadline, companies that haven't opened it are on the list to phone; from the day before, all that haven't answered.
list-comma = {", "}

# The operator's own days off
own-days-title = Your own days off
own-days-lead = Days on which no reminders go out, besides weekends and public holidays of { $country } and of each company's country. They hold for every campaign.
own-days-label = Days off, one a line
own-days-hint = A day of every year is month-day, a day of one year is year-month-day, and two dots make a range. A name may follow.
done-own-days = Saved. Reminders from now on go by it.
own-days-wrong = Line { $line }, “{ $text }”, is no date. Write it like 12-29..01-03.
own-days-long = Keep the days off to 20,000 characters.

# The reminder's mail
remind-subject-first = Reminder: { $subject }
remind-subject = Reminder { $count }: { $subject }
remind-asked-check = On { $date } we sent you “{ $subject }” and asked for your answers by { $deadline }. We haven't received them so far.
remind-asked-notice = On { $date } we sent you “{ $subject }” and asked you to confirm by { $deadline } that you have read it. We haven't heard from you so far.
remind-left-today = The deadline is today.
remind-left-days = { $days ->
    [one] There is { $days } day left.
   *[other] There are { $days } days left.
}
remind-left-over = { $days ->
    [one] The deadline passed { $days } day ago.
   *[other] The deadline passed { $days } days ago.
}
remind-escalated = We have written to your colleague. As emails can cross and people can be away, we are writing to you as well.
remind-please = Please open this page and complete the request:
remind-crossed = If you have done so in the meantime, please accept our thanks and disregard this message.
remind-real = Or call us on a number that you already have and tell us the request number. We never ask for a password in this request.
link-label = Answer page

# Buyers
buyers-title = Buyers
buyers-lead = People of your own company who know the suppliers. Each gets one email a day with the companies to phone, and records what was said.
buyers-none = There are no buyers yet
buyers-none-advice = Add a buyer, then name the companies that they know by their codes.
buyer-new = Add a buyer
buyer-edit = Edit the buyer
buyer-companies = Companies
buyer-assign = Add companies
buyer-codes = Company codes
buyer-codes-hint = One a line; a column of a spreadsheet can be pasted as it is. Companies of another buyer move to this one.
buyer-codes-unknown = No company has these codes: { $codes }. Nothing was moved yet.
buyer-assign-button = Add
buyer-mail-hint = The list of companies to phone arrives at 8:30 on business days.
buyer-mail-missing = Enter the email address.
buyer-mail-taken = Another buyer has this email address.
buyer-name-missing = Enter the name.
company-buyer = Buyer
company-buyer-choose = Choose the buyer
audit-buyer-create = Buyer added
audit-buyer-update = Buyer changed
audit-calendar-update = Days off changed
audit-kind-buyer = Buyer
audit-kind-calendar = Days off

# The buyers' mail of the day, and its page
delivery-kind-reminder = Reminder
delivery-kind-escalation = Reminder to another contact
delivery-kind-digest = List for a buyer
digest-subject = { $count ->
    [one] To phone today: { $count } supplier without an answer
   *[other] To phone today: { $count } suppliers without an answer
}
digest-dear = Dear { $name },
digest-intro = { $count ->
    [one] This company hasn't answered our security request yet. Please phone them.
   *[other] These { $count } companies haven't answered our security request yet. Please phone them.
}
digest-gap = {"  "}
digest-more = { $count ->
    [one] { $count } more is on the page below.
   *[other] { $count } more are on the page below.
}
digest-record = Record what was said on this page; you need no account:
digest-open = Open the list
digest-personal = This link is for you alone: it shows contacts of suppliers, so please don't pass it on. It works for seven days.
calls-buyer-title = Suppliers to phone
calls-buyer-lead = { $count ->
    [one] There is { $count } company to phone today.
   *[other] There are { $count } companies to phone today.
}
calls-full = { $count ->
    [one] The most critical company is shown.
   *[other] The { $count } most critical companies are shown.
}
remind-count = Reminders sent
call-record = Record the call
call-outcome = Outcome
call-reached = Reached
call-promised = Reached, and they named a day
call-not-reached = Couldn't reach them
call-promised-by = Will answer by { $day }
call-with-note = { $what } ({ $note })
call-day = The day they named
call-note = Note
call-button = Record
call-saved = Recorded.
call-last = Last call
call-waits = No reminders until
call-problem-outcome = Choose the outcome of the call.
call-problem-day = Enter the day they named; it can't lie in the past.
call-problem-far = The day can lie at most 31 days ahead. Write a later one into the note.
call-problem-long = Keep the note to 1,000 characters.
