"""Input rules: how the wish to make becomes orders on lanes."""

from supplynet.policies.input.days_of_cover import DaysOfCover as DaysOfCover
from supplynet.policies.input.lot_for_lot import LotForLot as LotForLot
from supplynet.policies.input.panic_buying import PanicBuying as PanicBuying
from supplynet.policies.input.shortage_gaming import ShortageGaming as ShortageGaming
from supplynet.policies.input.withdrawal_cards import WithdrawalCards as WithdrawalCards
