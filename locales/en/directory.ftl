# Companies and the people to reach there
companies-title = Companies
companies-count = { $groups ->
    [one] { $groups } group company
   *[other] { $groups } group companies
}, { $suppliers ->
    [one] { $suppliers } supplier
   *[other] { $suppliers } suppliers
}
companies-export-csv = Export (CSV)
companies-export-xlsx = Export (Excel)
companies-import = Import
companies-none = There are no companies yet
companies-none-advice = Your group companies and suppliers will be listed here. Bring in the Excel or CSV list that Purchasing keeps, just as it is; columns with other names can be matched afterwards.
companies-import-list = Import a list
companies-search = Find companies
companies-search-field = Name, reading or code
companies-without-mail = Only without an email address
companies-table = Companies
companies-contacts = Email contacts
companies-none-found = No company fits. Take away a filter, or clear them all.
companies-found = { $found ->
    [one] 1 company
   *[other] { $found } companies
}
company-no-mail = To be phoned
filter-all = All
filter-apply = Filter
filter-clear = Clear
pages-label = Pages
pages-before = Previous
pages-after = Next

company-new = Add a company
company-edit = Edit the company
done-company-saved = The company was saved.
done-company-deleted = The company was deleted. The audit log keeps what was there.
company-facts = Facts
company-name = Company
company-kana = Reading (kana)
company-kind = Kind
company-kind-supplier = Supplier
company-kind-group = Group company
company-kind-missing = Choose what kind of company it is.
company-code = Company code
company-code-hint = Your own number for it. An import knows the company again by this.
company-code-taken = Another company has this code. Please check it.
company-country = Country
company-country-hint = A name or a two-letter code, such as Japan, JP or TH.
company-country-unknown = This country isn't known. Enter its name or two-letter code.
company-tier = Tier
company-tier-n = Tier { $tier }
company-tier-hint = 1 supplies you directly, 2 supplies one of those.
company-tier-unknown = Enter the tier as a number from 1.
company-criticality = Criticality
company-criticality-a = Criticality A
company-criticality-b = Criticality B
company-criticality-c = Criticality C
company-items = Items
company-parent = Parent company
company-parent-hint = The code or name of a company in the directory.
company-parent-unknown = No company has this code or name. Add the parent first.
company-parent-ambiguous = Several companies have this name. Enter the code.
company-parent-circle = A company can't be its own parent: this one is the same or a subsidiary.
company-small = Small company
company-small-yes = Yes
company-small-no = No
company-children = Subsidiaries
company-name-missing = Enter the company's name.
company-no-mail-advice = Nobody here can be emailed, so no request will arrive by email. Please phone them.
company-contacts = Contacts
company-contacts-none = There are no contacts yet.
company-history = History
company-history-none = Nothing was recorded yet.
company-history-when = When
company-history-who = Who
company-history-what = What
company-delete = Delete this company
company-delete-what = { $contacts ->
    [one] The company and 1 contact will be deleted for good. The audit log stays.
   *[other] The company and { $contacts } contacts will be deleted for good. The audit log stays.
}
company-delete-word = To be sure, enter { $word }
company-delete-word-wrong = What you entered isn't the same, so nothing was deleted.
company-kept-invited = This company was asked in a campaign, so it can't be deleted: its answers are evidence.
company-kept-children = Other companies name this one as their parent, so it can't be deleted. Change their parent first.
directory-conflict = Somebody else changed this first

contact-new = Add a contact
contact-edit = Edit the contact
done-contact-saved = The contact was saved.
done-contact-deleted = The contact was deleted.
contact-delete = Delete this contact
contact-delete-what = The contact will be deleted for good. The audit log stays.
contact-kept = Email was sent to this contact, so the record has to stay. To send no more, empty the email address and save.
contact-name = Contact name
contact-nameless = (no name)
contact-department = Department
contact-mail = Email address
contact-mail-hint = Without one, no request is sent by email.
contact-mail-taken = Another contact of this company has the same address.
contact-phone = Phone
contact-language = Language
contact-language-hint = The language of emails and pages for this person.
contact-role = Role
contact-role-primary = Primary
contact-role-backup = Backup
contact-role-executive = Executive
contact-empty = Enter a name, an email address or a phone number.

field-needed = required
field-too-long = This is too long. Please shorten it.
form-wrong = Please check what you entered
form-save = Save
form-cancel = Cancel
not-known = Not known

audit-company-create = Company added
audit-company-update = Company changed
audit-company-delete = Company deleted
audit-contact-create = Contact added
audit-contact-update = Contact changed
audit-contact-delete = Contact deleted
audit-directory-import = List of companies imported
audit-kind-company = Company
audit-kind-import = Import

# Import
import-title = Import companies
import-steps = Steps
import-step-file = File
import-step-columns = Match columns
import-step-result = Result
import-step-done = Done:{" "}
import-file-wrong = The file couldn't be read
import-file-missing = Choose a file.
import-file-empty = The file, or the sheet, is empty. Choose one that holds a list.
import-file-not-a-spreadsheet = This isn't a table. Choose a file saved as Excel (.xlsx) or CSV.
import-file-other-format = Files in the { $format } format can't be read. Save it as Excel (.xlsx) or CSV.
import-file-encrypted = The file is protected by a password. Save it without one.
import-file-unknown-encoding = The characters can't be read. Save it as UTF-8 or Shift_JIS.
import-file-no-such-sheet = There is no sheet { $sheet }. Choose the file again.
import-file-too-large = There are too many rows or columns. Take out what isn't needed, or split the file.
import-file-damaged = The file seems to be damaged. Open and save it in Excel, then try again.
import-file-forgotten = The file was uploaded more than 30 days ago and has been deleted.
import-drop = Drop an Excel or CSV file here, or choose one
import-drop-hint = .xlsx, .xls, CSV or tab-separated text; UTF-8 or Shift_JIS; up to { $limit } MB.
import-kind = Treat rows without a kind as
import-kind-hint = If the file has a column for the kind, that decides.
import-read = Read the file
import-columns-title = Match columns
import-no-names = No column holds the companies' names. Correct the header row, or choose that column and press "Update the preview".
import-look-again = The sheet or the header row has changed. Check the columns, then import again.
import-nothing-yet = The columns were recognised by their names. Nothing has been imported yet.
import-sheet = Sheet
import-header-row = Header row
import-columns-table = The file's columns and first five rows
import-file-column = Column in the file
import-column-means = Imported as
import-column-n = Column { $number }
import-column-label = What column { $number } ({ $header }) is imported as
import-column-unused = Not used
import-column-ignored = Not used (recognised)
import-sample = First five rows
import-apply = Update the preview
import-run = { $count ->
    [one] Import 1 company
   *[other] Import { $count } companies
}
import-other-file = Choose another file
import-will = What the import will do
import-rows = Rows read
import-created = New companies
import-updated = Companies changed
import-contacts = New email contacts
import-merged = Rows merged into a company
import-without-mail = Companies without email
import-refused = Rows that can't be taken
import-running = Importing
import-progress = { $of ->
    [one] { $done } of { $of } company
   *[other] { $done } of { $of } companies
}
import-progress-unknown = It waits for its turn, or has just begun.
import-progress-hint = You can leave this page; the work goes on. Come back to see the result.
import-look = Look again
import-result = Result of the import
import-see-companies = See the companies
import-rows-merged = { $rows ->
    [one] { $rows } row was read
   *[other] { $rows } rows were read
}; { $merged ->
    [one] { $merged } of them was merged into a company of the same list.
   *[other] { $merged } of them were merged into a company of the same list.
}
import-refused-title = Rows that weren't taken
import-refused-none = Every row was taken.
import-refused-table = Rows that can't be taken, and why
import-refused-download = Get them as Excel, with the reasons
import-row = Row
import-column = Column
import-value = Value
import-why = What is wrong, and what to do
import-empty = (empty)
import-more = { $count ->
    [one] There is { $count } more.
   *[other] There are { $count } more.
}
import-skipped = Rows passed over ({ $count })
import-skipped-row = Row { $row }:
import-skipped-title = It is above the header.
import-skipped-blank = It is blank.
import-skipped-total = It is a total.
import-skipped-note = It is a remark or a heading.
import-skipped-header = It repeats the header.
import-skipped-example = It shows how to fill in the list.
import-why-name-missing = The company's name is missing. Enter it.
import-why-too-long = This has more than { $max ->
    [one] { $max } character.
   *[other] { $max } characters.
} Please shorten it.
import-notice-lost-character = A symbol at the front, such as ? or ・, was taken for a lost character or a bullet and removed. Check the address.
import-notice-name-differs = The row was merged into the company of the same code, which has another name.
import-notice-name-ambiguous = Several companies have this name; the row was merged into the first.
import-notice-parent = The parent isn't in the directory, or is below this company, so none was set.
import-failed-file = The file couldn't be read any more, so nothing was imported. Upload it again.
import-failed-data = It clashed with somebody else's change, so nothing was imported. Import it again.
