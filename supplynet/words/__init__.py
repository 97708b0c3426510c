"""What people read: tables and sentences about rules, scenarios, disruptions and results."""
