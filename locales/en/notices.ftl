# What an import says about the cells of a file.
import-notices = Please check ({ $count })
import-notice-count = { $what } ({ $count })
import-notice-and-others = { $count ->
    [one] and 1 other row
   *[other] and { $count } other rows
}
import-hidden = Hidden rows and columns
import-hidden-leave = Leave them out
import-hidden-take = Take them, too
import-column-hidden = { $letters } (hidden in the file)
import-skipped-hidden = The file hides it.
import-why-open-quote = A quotation mark opens in this row and isn't closed, so it can't be told where its cells end. Close it, or take it out.
import-why-other-separator = The cells of this row are separated by another sign than those of the header. Use the same one in all rows.
import-notice-bad-address = { $problem ->
    [no-at] The email address has no @. Correct it. The company goes in without this address, and so for phone or paper where it has no other.
    [several-ats] There is more than one @. Separate two addresses by a line break or a semicolon. The company goes in without this address, and so for phone or paper where it has no other.
    [comma] The email address has a comma where a dot should be. Correct it. The company goes in without this address, and so for phone or paper where it has no other.
    [local] The part before the @ isn't right. Correct it. The company goes in without this address, and so for phone or paper where it has no other.
    [dots] { address-dots } The company goes in without this address, and so for phone or paper where it has no other.
    [doubtful] { address-doubtful } The company goes in without this address, and so for phone or paper where it has no other.
    [domain] The part after the @ isn't right. Correct it. The company goes in without this address, and so for phone or paper where it has no other.
    [characters] The email address has characters that can't be used in one. Correct it. The company goes in without this address, and so for phone or paper where it has no other.
    [too-long] The email address is too long. Please check it. The company goes in without this address, and so for phone or paper where it has no other.
   *[other] This isn't an email address. Correct it. The company goes in without this address, and so for phone or paper where it has no other.
}
import-notice-unknown = The value isn't known, so it was left out.
import-notice-e-notation = A spreadsheet program has shortened this number (as in 1.01E+12), and its digits are lost. It was left out; where it is the code, the company is known by its name. Format the column as text in the original list, and enter the number again.
import-notice-date = This cell holds a date. A spreadsheet program often makes one of a code such as 1-2, so it was left out. Format the column as text, and enter the code again.
import-notice-format = The cell's number format can't be followed, so the plain number was taken. Check that this is what you see in the file.
import-notice-hidden-by-format = The cell's number format hides its value, so it was left out.
import-notice-ditto = The cell says "the same as above", so it has the value of the row above.
import-notice-ditto-and-more = The cell begins with "the same as above" and goes on, or has a sign that may mean so. It was taken as it is; enter what is meant.
import-notice-another-address = There is another address in this column. The directory keeps one for each company, so it was left out. To keep this one, import the file again and choose this column as the address.
import-notice-list-beside = { $rows ->
    [one] Another list, of 1 row, begins in column { $column }. It isn't read; to import it, put it on a sheet of its own.
   *[other] Another list, of { $rows } rows, begins in column { $column }. It isn't read; to import it, put it on a sheet of its own.
}
import-notice-ditto-of-nothing = The cell says "the same as above", but the row above has no value that can be taken, so it counts as empty. Enter the value.
import-notice-private-use = There is a character that only the machine it was made on can show. It was taken as it is; replace it by an ordinary one, since others see a box or nothing.
import-notice-replaced-character = A character here replaces one that was lost. It was taken as it is; enter the right character.
import-notice-misplaced-address = There is an email address in this column. Check whether the row's cells are off by one: a value may hold a comma or a line break without quotation marks.
import-notice-more-cells = The row has more cells than the header. Check whether a value holds a comma and isn't put in quotation marks: the cells behind it would be one column off.
import-notice-open-quote = A quotation mark opens in this row and isn't closed. The row isn't taken; those below it are.
import-notice-other-separator = The cells of this row are separated by another sign than those of the header. The row isn't taken.
import-notice-hidden = { $rows ->
    [0] { $columns ->
        [one] 1 column is hidden in the file. It is left out.
       *[other] { $columns } columns are hidden in the file. They are left out.
    }
    [one] { $columns ->
        [0] 1 row is hidden in the file. It is left out.
        [one] 1 row and 1 column are hidden in the file. They are left out.
       *[other] 1 row and { $columns } columns are hidden in the file. They are left out.
    }
   *[other] { $columns ->
        [0] { $rows } rows are hidden in the file. They are left out.
        [one] { $rows } rows and 1 column are hidden in the file. They are left out.
       *[other] { $rows } rows and { $columns } columns are hidden in the file. They are left out.
    }
}
import-notice-hidden-taken = { $rows ->
    [0] { $columns ->
        [one] 1 column is hidden in the file. It is taken, too.
       *[other] { $columns } columns are hidden in the file. They are taken, too.
    }
    [one] { $columns ->
        [0] 1 row is hidden in the file. It is taken, too.
        [one] 1 row and 1 column are hidden in the file. They are taken, too.
       *[other] 1 row and { $columns } columns are hidden in the file. They are taken, too.
    }
   *[other] { $columns ->
        [0] { $rows } rows are hidden in the file. They are taken, too.
        [one] { $rows } rows and 1 column are hidden in the file. They are taken, too.
       *[other] { $rows } rows and { $columns } columns are hidden in the file. They are taken, too.
    }
}
import-notice-another-list = { $rows ->
    [one] This sheet holds a list, too, of 1 row. It isn't read; choose the sheet, or import the file again for it.
   *[other] This sheet holds a list, too, of { $rows } rows. It isn't read; choose the sheet, or import the file again for it.
}
