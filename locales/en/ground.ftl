# Words that every page shares
language-name = English
skip-to-main = Skip to the main part
nav-label = Main pages
nav-campaigns = Campaigns
nav-companies = Companies
nav-outbox = Outbox
nav-audit = Audit log
sign-out = Sign out
back-to-start = Back to the start

date-long = { $day } { $month } { $year }
date-and-time = { $date }, { $time }
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec
day-mon = Mon
day-tue = Tue
day-wed = Wed
day-thu = Thu
day-fri = Fri
day-sat = Sat
day-sun = Sun

error-not-found = There is no such page
error-not-found-advice = Please check the address. If you came from an email, see whether the link was cut in two.
error-forbidden = This can't be done
error-forbidden-advice = The request didn't come from a page of this site, or you may not do this. Open the page again and retry. A page that wasn't opened by https (or on this same computer as localhost) is refused as well.
error-too-large = The file is too large
error-too-large-advice = Take out columns or sheets that aren't needed, or split it, and send it again.
error-too-many = Too many tries
error-too-many-advice = Please wait for some 15 minutes and try again.
error-too-many-today = Submitted too often today
error-too-many-today-advice = Your answers are saved, but not submitted again. Please submit them tomorrow. If it is urgent, please phone the sender.
error-bad-request = What was sent can't be read
error-bad-request-advice = Open the page again and retry.
error-sign-in = Please sign in
error-internal = Something went wrong
error-internal-advice = What you entered may have been saved. Wait a moment and try again. If it goes on, tell the administrator this number.
error-conflict-advice = Go back and look at what is there now.
error-reference = Reference { $number }

demo-bar = Demonstration: every company, person and answer is fictitious

# What goes wrong, on every page of operators
alert-more = See what happened
