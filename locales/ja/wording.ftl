# 二つの版のチェックリスト
checklist-version = { $title }（第{ $version }版）
history-across = 第{ $version }版と共通の{ $count }問で比較
compare-reworded = （設問の文を変更）
compare-alone = { $number }だけの設問：

# 催促の計画
remind-firm = 強め（グループ会社向け）
remind-firm-hint = 期限の7日前・3日前・前日・当日、翌日には経営者へ、その後は毎営業日送ります。取引先への回覧では、標準をお勧めします。
