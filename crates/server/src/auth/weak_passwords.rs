//! Passwords that guessers try first and that are long enough to pass otherwise.
//!
//! From the public lists of leaked passwords, those of at least 12 characters, in lower case; shorter
//! ones are refused for their length. Words of this program are in it too.

/// In lower case, sorted.
#[rustfmt::skip]
pub(super) const WEAK_PASSWORDS: &[&str] = &[
    "000000000000", "012345678910", "0123456789ab", "098765432109", "0987654321qwerty",
    "111111111111", "112233445566", "121212121212", "123123123123", "123321123321", "1234567890-=",
    "123456789000", "123456789012", "1234567890123", "12345678901234", "123456789012345",
    "1234567890123456", "1234567890ab", "1234567890abc", "1234567890qwerty", "123456789abc",
    "123456789qwe", "123456789qwerty", "1234qwerasdf", "1234qwerasdfzxcv", "123qweasdzxc",
    "1q2w3e4r5t6y", "1q2w3e4r5t6y7u", "1q2w3e4r5t6y7u8i", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv",
    "1qazxsw23edc", "222222222222", "666666666666", "777777777777", "888888888888", "987654321012",
    "9876543210987", "999999999999", "aaaaaaaaaaaa", "abc123456789", "abc123abc123", "abcd12345678",
    "abcd1234abcd", "abcdef123456", "abcdefghijkl", "abcdefghijklm", "access-denied",
    "admin1234567", "admin12345678", "admin123456789", "adminadmin12", "adminadminadmin",
    "administrator", "administrator1", "administrator123", "asdfasdfasdf", "asdfghjkl123",
    "asdfghjkl;'\\", "asdfqwer1234", "changeme1234", "changeme12345", "changemechangeme",
    "changemenow!", "chocolate123", "christopher1", "correcthorse", "correcthorsebatterystaple",
    "default12345", "defaultpassword", "football1234", "fuckyou12345", "horarium1234",
    "horariumhorarium", "iloveyou1234", "iloveyouforever", "letmein12345", "letmeinletmein",
    "lovelovelove", "manchester12", "monkey123456", "mypassword12", "mypassword123", "newpassword1",
    "p4ssw0rd1234", "p@ssw0rd1234", "p@ssword1234", "p@ssword12345", "passw0rd1234",
    "passw0rd12345", "password!123", "password1234", "password12345", "password123456",
    "password1234567", "password12345678", "password123456789", "password2024", "password2025",
    "password2026", "password@123", "passwordpassword", "princess1234", "q1w2e3r4t5y6",
    "qazwsxedc123", "qazwsxedcrfv", "qazwsxedcrfvtgb", "qwe123qwe123", "qweasdzxc123",
    "qwer1234qwer", "qwerasdfzxcv", "qwerty123456", "qwerty1234567", "qwerty12345678",
    "qwerty123456789", "qwertyqwerty", "qwertyuiop12", "qwertyuiop123", "qwertyuiop1234",
    "qwertyuiop[]", "qwertyuiopas", "qwertyuiopasdf", "qwertyuiopasdfghjkl", "rootrootroot",
    "scheduler123", "schedulerscheduler", "secret123456", "secretsecret", "starwars1234",
    "summer202025", "sunshine1234", "superman1234", "test12345678", "testtesttest",
    "trustno1trustno1", "welcome12345", "welcome123456", "welcome@1234", "whatever1234",
    "zaq12wsxcde3", "zxcvbnm12345", "zxcvbnmasdfg",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::passwords::PASSWORD_CHARS_MIN;

    #[test]
    fn the_list_is_sorted_in_lower_case_and_holds_nothing_too_short() {
        assert!(WEAK_PASSWORDS.is_sorted());
        for password in WEAK_PASSWORDS {
            assert!(password.chars().count() >= PASSWORD_CHARS_MIN, "{password}");
            assert_eq!(*password, password.to_lowercase());
        }
    }
}
