# 二つの版のチェックリスト
checklist-version = { $title }（第{ $version }版）
history-across = 第{ $version }版と共通の{ $count }問で比較
compare-reworded = （設問の文を変更）
compare-alone = { $number }だけの設問：
