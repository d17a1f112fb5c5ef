-- Why: an import gives codes to companies that are known already, and looks for each whether another has it, whatever its letter case;
-- it reads all companies in the order of their ids. Neither may read or sort the whole organisation while others wait.
CREATE INDEX companies_code_folded ON companies (org, LOWER(code));
CREATE INDEX companies_in_turn ON companies (org, id);
