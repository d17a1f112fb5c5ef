# Two versions of a checklist
checklist-version = { $title } (version { $version })
history-across = { $count ->
    [one] compared by the 1 question it shares with version { $version }
   *[other] compared by the { $count } questions it shares with version { $version }
}
compare-reworded = (reworded)
compare-alone = Only in { $number }:
