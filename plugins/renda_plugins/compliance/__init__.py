"""合规要求 What a place demands of security and privacy: passwords, second factors, encryption, how long data stay.

The service obeys it everywhere, also where no county enables it: the defaults hold then.

Source: GB/T 22239-2019 8.1.4, 8.1.5; GB/T 39786-2021; 网络安全法 21; 个人信息保护法 19; NIST SP 800-63B § 5.1.1.
"""

from renda_core import hookimpl
from renda_core.compliance import Compliance


@hookimpl
def register_settings() -> type:
    """Offer the settings."""
    return Compliance
