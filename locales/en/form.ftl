# The form of answers: what isn't saved, what isn't asked, what can't be

unsaved = Not saved yet: the connection or our server isn't answering. Please leave this page open. It tries again by itself.
not-taken = Not saved yet. { $why }. What you typed is still on this page.
unsent = Not sent yet: the connection or our server isn't answering. Please leave this page open. It tries again by itself.
last-saved = Last saved at { $at }.
confirm-device = Confirm this device in a new tab, then press the button here once more

left-out = Not needed because of your other answers: { $numbers }.
left-out-kept = What was answered to { $numbers } before is kept, but isn't part of what is sent.
part-left-out = Not asked, because of other answers: { $numbers }.
part-left-out-kept = What was answered to { $numbers } before is kept as a draft, and counts nowhere.

not-saved-this = This answer isn't saved yet. What you typed is still in the field. Please correct it:
not-saved-these = The answers named here aren't saved yet. What you typed is still in the fields. Everything else on this page is saved.
not-saved-about = What you wrote here isn't saved yet. Your answers to the questions are saved.
not-sent-saved = Nothing was sent. All your answers are saved.

answer-problem-day-to-come = This day is still to come. Please write a day up to today, or leave the field empty.
answer-problem-day-early = Please write a day from { $min } on.
answer-problem-day-late = Please write a day up to { $max }.
