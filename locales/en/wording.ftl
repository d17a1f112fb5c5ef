# Two versions of a checklist
checklist-version = { $title } (version { $version })
history-across = { $count ->
    [one] compared by the 1 question it shares with version { $version }
   *[other] compared by the { $count } questions it shares with version { $version }
}
compare-reworded = (reworded)
compare-alone = Only in { $number }:

# The plan of reminders
remind-firm = Firm (for group companies)
remind-firm-hint = 7, 3 and 1 days before the deadline, on the day, to an executive the day after, then every business day. For suppliers, choose the standard plan.
